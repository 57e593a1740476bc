"""The payment of one tranche: request, approval, voucher, the bank's result."""
