"""What becomes of an order, whoever moves it on."""
