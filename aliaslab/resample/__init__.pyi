from .backends import MissingMethodError as MissingMethodError
from .resizing import downsample as downsample
from .resizing import methods as methods
from .resizing import resize as resize
