"""Rasters (栅格数据): orthophotos and elevation models, kept as cloud-optimised GeoTIFF."""
