"""What begone costs beside other tools: `make bench` times all of them on the same pages and writes RESULTS.md."""
