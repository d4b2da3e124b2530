"""Says whether Stripe's library accepts a body: stripe_verify.py HEADER BODY SECRET"""

import sys

import stripe

header, body, secret = sys.argv[1:]
try:
    stripe.Webhook.construct_event(body, header, secret)
except stripe.SignatureVerificationError:
    print("invalid")
else:
    print("valid")
