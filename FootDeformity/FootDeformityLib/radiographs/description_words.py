"""What free descriptions such as "Fuß li. d.p. belastet" say: side, view, standing. Hints, no measurements."""

from __future__ import annotations

import re
import unicodedata


def _tokens(words: str) -> frozenset[str]:
    return frozenset(words.split())


_LEFT = _tokens(
    "left lt l links linker linke linken li gauche izquierdo izquierda izq sinistro sinistra sinister esquerdo "
    "esquerda lfoot leftfoot footl footleft"
)
_RIGHT = _tokens(
    "right rt r rechts rechter rechte rechten re droit droite derecho derecha destro destra dexter direito direita "
    "rfoot rightfoot footr footright"
)
_BOTH = _tokens("both bilateral bilat beide beids beidseits bds feet ambos deux")

_AP = _tokens("ap dp pa dorsoplantar plantodorsal anteroposterior posteroanterior dplantar frontal")
_LATERAL = _tokens("lat lateral laterally seitlich seitl profil profile mediolateral lateromedial ml lm ll rl")
_OTHER = _tokens(
    "oblique oblq obl schraeg schrag schragaufnahme oblicua axial axiale axialer harris saltzman sesamoid tangential "
    "mortise broden"
)

_NOT_STANDING = (
    r"non ?-?weight", r"not weight", r"without weight", r"un ?-?weighted", r"\bnwb\b", r"\bnon ?wb\b", r"unbelast",
    r"ohne belast", r"nicht belast", r"nicht stehend", r"\bliegend\b", r"\bsupine\b", r"\bsitting\b", r"\bsitzend\b",
    r"\brecumbent\b", r"sans charge", r"en decharge", r"sin carga", r"senza carico", r"\bno wb\b", r"\bnon ?standing\b",
    r"\bnot standing\b",
)  # fmt: skip
_STANDING = (
    r"weight ?bear", r"weight ?bering", r"full weight", r"\bwb\b", r"\bwtb\b", r"\bfwb\b", r"\bstanding\b",
    r"\bstehend\b", r"\bim stehen\b", r"\bbelastet\b", r"\bunter belastung\b", r"\bbelastungsaufnahme\b", r"en charge",
    r"con carga", r"en carga", r"in carico", r"sotto carico", r"\bstaand\b", r"\bbelast\b", r"\bde pie\b",
)  # fmt: skip
_PARTLY = (r"partial", r"teilbelast", r"\bpwb\b", r"simulated")


def plain(words: str) -> str:
    """Return lower case words without accents, separated by single blanks; hyphens inside are kept as blanks."""
    lower = words.lower().replace("ß", "ss")
    letters = unicodedata.normalize("NFKD", lower)
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    letters = re.sub(r"\b[ld]['’]", "", letters)  # l'avant-pied is not a left one
    letters = re.sub(r"\b([a-z])\.\s*([a-z])\.", r"\1\2 ", letters)  # d.p. -> dp
    letters = re.sub(r"\b(antero|postero|dorso|medio|latero|planto)[\s-]+", r"\1", letters)
    return re.sub(r"[^a-z0-9]+", " ", letters).strip()


def sides(words: str) -> set[str]:
    """Return the sides that are named: a subset of {"left", "right"}."""
    tokens = set(plain(words).split())
    if tokens & _BOTH:
        return {"left", "right"}
    return {side for side, names in (("left", _LEFT), ("right", _RIGHT)) if tokens & names}


def views(words: str) -> set[str]:
    """Return the views that are named: a subset of {"AP", "lateral", "other"}."""
    tokens = set(plain(words).split())
    return {view for view, names in (("AP", _AP), ("lateral", _LATERAL), ("other", _OTHER)) if tokens & names}


def weight_bearing(words: str) -> set[str]:
    """Return what is said about load: a subset of {"yes", "no"}; partial load says nothing."""
    line = plain(words)
    if any(re.search(pattern, line) for pattern in _PARTLY):
        return set()
    if any(re.search(pattern, line) for pattern in _NOT_STANDING):
        return {"no"}
    return {"yes"} if any(re.search(pattern, line) for pattern in _STANDING) else set()
