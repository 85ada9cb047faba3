"""What gradebooks take: the results of a class in the files of other systems, each by its importer's own rules."""
