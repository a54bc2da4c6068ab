"""Reading radiographs: any accepted file becomes one Radiograph; geometry between image, network and mm."""
