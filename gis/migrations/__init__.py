"""Steps of the registry's schema, run by :mod:`gis.schema`.

Forward only: the way back is the backup made before. A step describes tables as they were when it
was written and does not use :mod:`gis.models`; a test compares the outcome with the models. A step
that changes the columns of a live table has to make its guard anew (:mod:`gis.gpkg_guard`,
:mod:`gis.postgis_guard`), which lists them.
"""
