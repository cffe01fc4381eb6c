"""What the growth of lists is measured by: two databases, their readers, the lists."""
