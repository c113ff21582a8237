# One training seen from inside: the gradient's norm over lag and update, its norm before and after the clip, and what W does.
height = 900
load "style.gp"
data = csv."/course.summary.csv"
first = "(column(\"lag\") == 0)"
set datafile missing NaN # rows of other lags do not break a line
set multiplot
set xrange [-25:1475]
set xtics 500
set format x ""

eval panel(0.13, 0.84, 0.66, 0.95)
set title tr("log₁₀ ", "log₁₀ ").dh.tr(", por defasagem e atualização", ", by lag and update") offset 0, -0.6
set ylabel tr("defasagem k", "lag k") offset 1
set yrange [-0.5:29.5]
set ytics 10
set cbrange [-4.2:0]
set cbtics 1 scale 0.4
set palette defined (-4.2 "#0d0887", -3 "#7e03a8", -2 "#cc4778", -1 "#f89540", 0 "#f0f921")
set colorbox user origin 0.87, 0.66 size 0.03, 0.29
unset grid
plot data using (column("update")):(column("lag")):(25.5):(0.51):(column("log10_norm")) with boxxyerror fillcolor palette fillstyle solid noborder

unset colorbox
set grid
eval panel(0.13, 0.84, 0.377, 0.6)
set title tr("log₁₀ ‖g‖, antes e depois do recorte", "log₁₀ ‖g‖, before and after the clip") offset 0, -0.6
set ylabel ""
set yrange [-2.2:1.7]
set ytics 1
set format y "%g"
set label 1 tr("antes", "before") at 1490, -0.8 left textcolor linestyle 12
set label 2 tr("depois", "after") at 1490, -1.5 left textcolor linestyle 11
plot data using (column("update")):(when(@first, column("log10_gradient") - column("log10_gradient_sd"))):(column("log10_gradient") + column("log10_gradient_sd")) with filledcurves fillcolor rgb TANH fillstyle transparent solid 0.2 noborder, \
     data using (column("update")):(when(@first, column("log10_gradient"))) with lines linestyle 2, \
     data using (column("update")):(when(@first, column("log10_clipped"))) with lines linestyle 1

eval panel(0.13, 0.84, 0.118, 0.318)
set title tr("r, raio espectral e maior valor singular de W", "r, spectral radius and largest singular value of W") offset 0, -0.6
set xlabel tr("atualizações", "updates") offset 0, 0.4
set format x "%g"
set yrange [0.5:3.2]
set ytics 1
eval fates(1)
set label 1 "r" at 1490, 1 left textcolor linestyle 12
set label 2 tr("raio", "radius") at 1490, 1.78 left textcolor linestyle 13
set label 3 tr("singular", "singular") at 1490, 2.33 left textcolor linestyle 14
eval foot(tr("16 sementes; faixa: ± 1 desvio-padrão", "16 seeds; band: ± 1 standard deviation"))
plot data using (column("update")):(when(@first, exp(column("slope") - column("slope_sd")))):(exp(column("slope") + column("slope_sd"))) with filledcurves fillcolor rgb TANH fillstyle transparent solid 0.2 noborder, \
     data using (column("update")):(when(@first, exp(column("slope")))) with lines linestyle 2, \
     data using (column("update")):(when(@first, column("radius"))) with lines linestyle 3, \
     data using (column("update")):(when(@first, column("singular"))) with lines linestyle 4
unset multiplot
