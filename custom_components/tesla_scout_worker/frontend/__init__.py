"""The cards: their data over a websocket, and the script that draws them."""
