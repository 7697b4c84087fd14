"""What does a text speak of? Artists, songs and versions, in queries and titles alike."""
