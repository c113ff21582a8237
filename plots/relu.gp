# Left: the factor per step against the scale for relu, gaussian and identity, and tanh. Right: the gradient along the
# sequence, and the state beside it, at three scales.
load "style.gp"
data = csv."/relu.summary.csv"
IRNN = "#E69F00"
set multiplot layout 1, 2 title tr("ReLU: o fator por passo, e a viagem inteira", "ReLU: the factor per step, and the whole way")
set lmargin 10
set rmargin 2
set bmargin 4.5
row(activation, init) = strcol("activation") eq activation && strcol("init") eq init && column("step") == 100
set xlabel tr("escala inicial σ", "initial scale σ")
set ylabel tr("r, fator por passo", "r, factor per step")
set xrange [0.15:2.6]
set yrange [0.15:3.2]
set logscale y
set ytics (0.25, 0.5, 1, 2)
set arrow 1 from 0.15, 1 to 2.6, 1 nohead linecolor "#222222" linewidth 0.8 dashtype (6, 3)
set label 1 "ReLU" at 0.62, 0.37 textcolor rgb RELU
set label 2 "tanh" at 0.55, 0.62 right textcolor rgb TANH
set label 3 "ReLU, W = σI" at 1.55, 2.1 right textcolor rgb IRNN
set label 4 tr("W = σI, σ < 1: exatamente zero", "W = σI, σ < 1: exactly zero") at 2.58, 0.19 right font ",10" textcolor rgb IRNN
low(x) = exp(column("slope") - column("slope_sd"))
high(x) = exp(column("slope") + column("slope_sd"))
plot for [name in "relu tanh"] data using (when(row(name, "gaussian"), column("scale"))):(column("theory_r")) with lines linestyle 9, \
     data using (when(row("tanh", "gaussian"), column("scale"))):(exp(column("slope"))):(low(0)):(high(0)) with yerrorbars linestyle 2 dashtype 1, \
     data using (when(row("relu", "gaussian"), column("scale"))):(exp(column("slope"))):(low(0)):(high(0)) with yerrorbars linestyle 3 dashtype 1, \
     data using (when(row("relu", "identity"), column("scale"))):(exp(column("slope"))):(low(0)):(high(0)) with yerrorbars linecolor rgb IRNN pointtype 13 pointsize 1.2 * size
unset label
unset arrow
unset logscale
set xlabel tr("passo t", "step t")
set ylabel tr("norma", "norm")
set xrange [0:100]
set yrange [-16:18]
set xtics 20
set ytics 5
set format y "10^{%g}"
array init[3] = ["gaussian", "gaussian", "identity"]
array scale[3] = [1, 2, 1]
array tint[3] = [RELU, "#0072B2", IRNN]
run(i) = strcol("activation") eq "relu" && strcol("init") eq init[i] && column("scale") == scale[i]
set label 1 "σ = 2" at 30, 15.5 textcolor rgb tint[2]
set label 2 "σ = 2" at 72, 14.5 right textcolor rgb tint[2]
set label 3 "σ = 1" at 50, -9.5 textcolor rgb tint[1]
set label 4 "W = I" at 50, 3.6 center textcolor rgb tint[3]
set label 5 tr("linha cheia: gradiente", "solid: gradient") at 98, -12.6 right font ",10" textcolor rgb QUIET
set label 6 tr("tracejada: estado", "dashed: state") at 98, -14.2 right font ",10" textcolor rgb QUIET
set label 9 note at screen 0.985, 0.025 right font ",10" textcolor rgb QUIET
plot for [i = 1:3] data using (when(run(i), column("step"))):(column("log10_norm") - column("log10_norm_sd")):(column("log10_norm") + column("log10_norm_sd")) with filledcurves fillcolor rgb tint[i] fillstyle transparent solid 0.25 noborder, \
     for [i = 1:3] data using (when(run(i), column("step"))):(column("log10_norm")) with lines linewidth 2 linecolor rgb tint[i], \
     for [i = 1:3] data using (when(run(i), column("step"))):(column("log10_state")) with lines linewidth 2 linecolor rgb tint[i] dashtype (5, 3)
unset multiplot
