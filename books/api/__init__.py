"""The library over HTTP: the same selectors and services as everywhere."""
