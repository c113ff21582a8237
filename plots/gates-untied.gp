# What sharing W over time does to gated nets: the factor per step of tied and of untied ones, with the limit of either.
height = 480
load "style.gp"
array tint[2] = [TANH, SIGMOID]
array mark[2] = [5, 7]
array file[2] = [csv."/gates.summary.csv", csv."/gates-untied.summary.csv"]
array theory[2] = [csv."/gates-wide.summary.csv", file[2]]
sigmoid(b) = b < -2 || b > 4 ? NaN : 1 / (1 + exp(-b))
set samples 400
row(name) = strcol("architecture") eq word("lstm gru", p) && strcol("scale") eq "1" ? exp(column(name)) : NaN
off(sds) = row("slope") * exp(sds * column("slope_sd"))
set multiplot
eval fates(1)
set xrange [-2.3:4.3]
set xtics -2, 2, 4
set yrange [0.08:1.12]
set ytics 0.2
set xlabel tr("viés b da porta que guarda", "bias b of the keeping gate") offset 0, 0.3
do for [p = 1:2] {
    eval p == 1 ? panel(0.085, 0.525, 0.23, 0.91) : panel(0.55, 0.99, 0.23, 0.91)
    set title (p == 1 ? "r, LSTM, σ = 1" : "r, GRU, σ = 1") offset 0, -0.5
    set format y p == 1 ? "%g" : ""
    set label 1 tr("o mesmo W", "the same W") at -2.15, 0.92 left textcolor rgb tint[1]
    set label 2 tr("um novo W\na cada passo", "a new W\neach step") at 0.4, 0.5 left textcolor rgb tint[2]
    set label 3 tr("sigmoide(b)", "sigmoid(b)") at -0.9, 0.17 left textcolor rgb QUIET
    if (p == 2) { eval foot(tr("linha fina: infinitas unidades; barra: ± 1 desvio-padrão", "thin line: infinitely many units; bar: ± 1 standard deviation")) }
    plot sigmoid(x) with lines linewidth 1.2 linecolor rgb QUIET dashtype (2, 3), \
         for [i = 1:2] theory[i] using (column("forget")):(row("theory_slope")) with lines linestyle 9, \
         for [i = 1:2] file[i] using (column("forget")):(row("slope")):(off(-1)):(off(1)) with yerrorbars pointtype mark[i] pointsize 1.3 * size linewidth 1.6 linecolor rgb tint[i]
}
unset multiplot
