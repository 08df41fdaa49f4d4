"""The message model: families, message types, classes, elements, datatypes, as typed Python.

The dataclasses are the model. The schema, the codec, the walk over parts and any page that shows
the standard are derived from them, so that none of these can disagree with another.
"""
