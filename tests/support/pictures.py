"""How pictures begin, and a little more."""

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00 a picture of soap"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR a picture of soap"
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8  a picture of soap"
GIF = b"GIF89a\x01\x00\x01\x00 a picture of soap"
