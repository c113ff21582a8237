# The whole plane of lag and scale for tanh: where the gradient fades and where it grows.
load "style.gp"
data = csv."/vanishing-map.summary.csv"
set title tr("tanh: log_{10} da norma do gradiente, relativa à da última etapa", "tanh: log_{10} of the gradient norm, relative to the last step")
set xlabel tr("defasagem k (passos)", "lag k (steps)")
set ylabel tr("escala inicial σ", "initial scale σ")
set xrange [-0.5:99.5]
set yrange [0.475:2.525]
set cbrange [-30:30]
set cbtics 10
set format cb "10^{%g}"
set palette defined (-30 "#053061", -15 "#4393c3", -4 "#d1e5f0", 0 "#ffffff", 4 "#fddbc7", 12 "#d6604d", 30 "#67001f")
unset grid
critical = 1.409281
set arrow 1 from -0.5, critical to 99.5, critical nohead front linecolor "#222222" linewidth 1 dashtype (6, 3)
set label 1 tr("teoria: r = 1", "theory: r = 1") at 97, critical right offset 0, 0.7 front textcolor "#222222"
set label 2 tr("o gradiente some", "the gradient vanishes") at 62, 0.68 front textcolor "#ffffff"
set label 3 tr("o gradiente explode", "the gradient explodes") at 62, 2.3 front textcolor "#222222"
start = 0
plot data using (column("lag")):(column("scale")):(column("lag") == 0 ? (start = column("log10_norm"), 0) : column("log10_norm") - start) with image
