# The factor per step against the initial scale: measured over seeds, mean field, and where it crosses 1.
load "style.gp"
data = csv."/critical.summary.csv"
set title tr("Fator por passo do gradiente, r, contra a escala inicial", "Factor per step of the gradient, r, against the initial scale")
set xlabel tr("escala inicial σ (desvio padrão de W vezes √H)", "initial scale σ (standard deviation of W times √H)")
set ylabel tr("r = ‖∂L/∂h_{t−1}‖ / ‖∂L/∂h_t‖", "r = ‖∂L/∂h_{t−1}‖ / ‖∂L/∂h_t‖")
set xrange [0.2:2.75]
set yrange [0.05:3.2]
set logscale y
set ytics (0.06, 0.125, 0.25, 0.5, 1, 2)
set arrow 1 from 0.2, 1 to 2.75, 1 nohead linecolor "#222222" linewidth 0.8 dashtype (6, 3)
set label 1 tr("explode", "explodes") at 0.25, 1 left offset 0, 0.6 textcolor rgb QUIET
set label 2 tr("some", "vanishes") at 0.25, 1 left offset 0, -0.6 textcolor rgb QUIET
set bmargin 4.5
set label 9 note at screen 0.985, 0.025 right font ",10" textcolor rgb QUIET
row(i) = strcol("activation") eq word(activations, i)
crossing(i) = row(i) && column("scale") == 2.5 && column("theory_critical") < 2.75
plot for [i = 1:4] data using (column("scale")):(when(row(i), column("theory_r"))) with lines linestyle 9, \
     for [i = 1:4] data using (column("scale")):(when(row(i), exp(column("slope")))):(exp(column("slope") - column("slope_sd"))):(exp(column("slope") + column("slope_sd"))) with yerrorbars linestyle i dashtype 1 linewidth 1.3, \
     for [i = 1:4] data using (when(crossing(i), column("theory_critical"))):(1) with points pointtype 6 pointsize 1.6 * size linewidth 1.4 linecolor rgb THEORY, \
     for [i = 1:4] data using (when(row(i) && column("scale") == 2.5, 2.53)):(exp(column("slope"))):(label_of(word(activations, i))) with labels left textcolor linestyle i
