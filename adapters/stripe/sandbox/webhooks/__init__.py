"""Webhook events: signing, delivery, retries and scripted delivery faults."""
