# Above, the factor per step against the scale, for ReLU with gaussian W and with W = sigma I, and for tanh. Below, along one
# sequence, the gradient of ReLU on its way back and its state.
height = 820
load "style.gp"
data = csv."/relu.summary.csv"
IRNN = "#0072B2"
kinds = "tanh:gaussian relu:gaussian relu:identity"
array tint[3] = [TANH, RELU, IRNN]
array mark[3] = [5, 9, 13]
kind(i) = (strcol("activation").":".strcol("init")) eq word(kinds, i)
ends(i) = kind(i) && column("step") == column("length")
set multiplot
eval panel(0.13, 0.97, 0.575, 0.955)
eval fates(1)
set title tr("r, o fator por passo", "r, the factor per step") offset 0, -0.5
set xlabel tr("escala inicial σ", "initial scale σ") offset 0, 0.3
set xrange [0.15:2.6]; set yrange [0.15:3.2]; set logscale y
set ytics (number("0.25") 0.25, number("0.5") 0.5, "1" 1, "2" 2)
set label 1 "tanh" at 0.62, 0.78 right textcolor linestyle 12
set label 2 "ReLU" at 1.05, 0.6 left textcolor linestyle 13
set label 3 tr("ReLU, W = σI (σ ≤ 0,75: zero antes do início)", "ReLU, W = σI (σ ≤ 0.75: zero before the start)") at 0.2, 2.6 left textcolor rgb IRNN
set label 4 vanishes at 2.55, 0.18 right textcolor rgb QUIET
plot for [i = 1:2] data using (when(ends(i), column("scale"))):(column("theory_r")) with lines linestyle 9, \
     for [i = 1:3] data using (when(ends(i), column("scale"))):(exp(column("slope"))):(exp(column("slope") - column("slope_sd"))):(exp(column("slope") + column("slope_sd"))) with yerrorbars linecolor rgb tint[i] pointtype mark[i] pointsize 1.3 * size linewidth 1.6

unset label; unset object; unset arrow; unset logscale
set ytics 10; set xrange [0:100]; set xtics 0, 25, 90; set yrange [-16:19]
run(i) = kind(i < 3 ? 2 : 3) && column("scale") == (i == 2 ? 2 : 1)
do for [p = 1:2] {
    eval p == 1 ? panel(0.13, 0.53, 0.155, 0.425) : panel(0.56, 0.97, 0.155, 0.425)
    set title (p == 1 ? tr("ReLU: gradiente, na volta", "ReLU: gradient, back") : tr("ReLU: estado, na ida", "ReLU: state, forward")) offset 0, -0.5
    set xlabel p == 1 ? tr("passos de volta, k = T − t", "steps back, k = T − t") : tr("passo t", "step t")
    set format y p == 1 ? power : ""
    x(i) = when(run(i), p == 1 ? column("length") - column("step") : column("step"))
    y = p == 1 ? "log10_norm" : "log10_state"
    set label 1 "σ = 1" at 97, (p == 1 ? -8 : -1.5) right textcolor linestyle 13
    set label 2 "σ = 2" at 38, (p == 1 ? 11 : 12) right textcolor linestyle 13
    set label 3 "W = I" at 97, 4.2 right textcolor rgb IRNN
    if (p == 2) { eval foot(thin."; ".spread(tr("faixa, barra", "band, bar"))) }
    plot for [i = 1:3] data using (x(i)):(column(y) - column(y."_sd")):(column(y) + column(y."_sd")) with filledcurves fillcolor rgb i < 3 ? RELU : IRNN fillstyle transparent solid 0.25 noborder, \
         for [i = 1:3] data using (x(i)):(column(y)) with lines linestyle (i < 3 ? 4 - i : 1) linecolor rgb i < 3 ? RELU : IRNN
}
unset multiplot
