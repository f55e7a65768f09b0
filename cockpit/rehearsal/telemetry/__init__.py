"""What a rehearsal's hosts and services measure: numbers that react to what was released and to what goes wrong."""
