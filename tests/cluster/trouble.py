"""What a person must be told, in one sentence."""


class Trouble(Exception):
    pass
