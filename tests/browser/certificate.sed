# Only terminals with a certificate of their own come in, and the listener's zone allows nothing.
s/^client_certificate = .*/client_certificate = "required"/
s/^zone = .*/zone = "nowhere"/
