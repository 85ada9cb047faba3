"""A folder of submissions becomes results, class statistics and exports."""
