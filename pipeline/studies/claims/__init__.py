"""What the answers say of the field's claims, and what was published of them."""
