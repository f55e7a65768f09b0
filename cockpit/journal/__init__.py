"""The only truth: hash-chained events, bulk output beside them."""
