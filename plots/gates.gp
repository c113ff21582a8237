# The factor per step against the bias of the gate that keeps, for two cells and three scales, beside the Elman cell and
# the limit of infinitely many units; below, near 1.
height = 800
load "style.gp"
data = csv."/gates.summary.csv"
wide = csv."/gates-wide.summary.csv"
architectures = "lstm gru"
scales = "0.1 1 2"
array tint[3] = ["#0072B2", "#009E73", "#D55E00"]
array point[3] = [7, 5, 9]
sigmoid(b) = b < -2 || b > 4 ? NaN : 1 / (1 + exp(-b))
set samples 400
row(i, j) = strcol("architecture") eq word(architectures, j) && strcol("scale") eq word(scales, i)
elman(i) = strcol("architecture") eq "elman" && strcol("scale") eq word(scales, i) && column("forget") == 0
low(is) = when(is, exp(column("slope") - column("slope_sd")))
high = 'exp(column("slope") + column("slope_sd"))'
# Where the labels of the three scales and of the thin line stand, from left to right: Elman above, LSTM and GRU below.
array across[9] = [-3.98, -3.98, -3.98, 2.75, 2.2, 3.25, 3.2, 1.8, -1.75]
array up[9] = [0.093, 0.836, 1.145, 0.968, 0.994, 1.046, 0.952, 0.935, 0.966]

set multiplot layout 2, 2 title tr("Fator por passo do gradiente, r, contra o viés da porta que guarda", "Factor per step of the gradient, r, against the bias of the gate that keeps")
set lmargin 9
set rmargin 1.5
set ylabel "r"
set xtics ("Elman" -4.2, "−2" -2, "−1" -1, "0" 0, "1" 1, "2" 2, "3" 3, "4" 4)
do for [panel = 1:4] {
    j = panel % 2 ? 1 : 2
    zoom = panel > 2
    set title zoom ? tr("o mesmo, perto de 1", "the same, near 1") : j == 1 ? tr("LSTM, porta f", "LSTM, gate f") : tr("GRU, porta z", "GRU, gate z") offset 0, -0.5
    set bmargin zoom ? 5 : 2.5
    left = zoom ? -2.3 : -4.7
    set xrange [left:4.3]
    set arrow 1 from left, 1 to 4.3, 1 nohead linecolor "#222222" linewidth 0.8 dashtype (6, 3)
    if (zoom) {
        unset logscale y
        unset arrow 2
        set yrange [0.9:1.06]
        set ytics 0.05
        set xlabel tr("viés b da porta que guarda", "bias b of the gate that keeps")
    } else {
        set logscale y
        set arrow 2 from -2.5, graph 0 to -2.5, graph 1 nohead linecolor "#cccccc" linewidth 0.8
        set yrange [0.07:1.5]
        set ytics (0.1, 0.2, 0.5, 1)
    }
    set label 1 tr("sigmoide(b)", "sigmoid(b)") at zoom ? 2.65 : -1.1, zoom ? 0.909 : 0.19 left font ",12" textcolor rgb QUIET
    do for [i = 1:3] {
        at = i + (zoom ? 3 * j : 0)
        set label (1 + i) "σ = ".number(word(scales, i)) at across[at], up[at] textcolor rgb tint[i]
        if (at == 4 || at == 8) { set label (1 + i) right } else { set label (1 + i) left }
    }
    if (panel == 4) { set label 9 tr("linha fina: infinitas unidades; pontilhada: a porta que só o viés move; barra: ± 1 desvio padrão entre sementes", "thin line: infinitely many units; dotted: the gate where only its bias moves it; bar: ± 1 standard deviation over seeds") at screen 0.985, 0.012 right font ",10" textcolor rgb QUIET }
    plot sigmoid(x) with lines linewidth 1 linecolor rgb QUIET dashtype (2, 3), \
         for [i = 1:3] wide using (column("forget")):(when(row(i, j), exp(column("theory_slope")))) with lines linestyle 9, \
         for [i = 1:3] data using (column("forget")):(when(row(i, j), exp(column("slope")))):(low(row(i, j))):(@high) with yerrorbars pointtype point[i] pointsize 0.8 * size linewidth 1.2 linecolor rgb tint[i], \
         for [i = 1:3] data using (zoom ? NaN : -4.2):(when(elman(i), exp(column("slope")))):(low(elman(i))):(@high) with yerrorbars pointtype point[i] pointsize 0.8 * size linewidth 1.2 linecolor rgb tint[i]
}
unset multiplot
