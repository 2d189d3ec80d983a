from .chirp import chirp as chirp
from .interactive import Interactive as Interactive
from .sampler import sampler as sampler
from .style import PALETTE as PALETTE
from .style import Plot as Plot
from .style import new_figure as new_figure
from .style import show as show
from .wagon_wheel import wagon_wheel as wagon_wheel
