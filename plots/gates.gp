# The factor per step against the bias of the gate that keeps, for two cells and three scales, beside the plain cell and the
# limit of infinitely many units; below, near 1.
height = 820
load "style.gp"
data = csv."/gates.summary.csv"
wide = csv."/gates-wide.summary.csv"
architectures = "lstm gru"
scales = "0.1 1 2"
array tint[3] = ["#0072B2", "#009E73", "#D55E00"]
array mark[3] = [7, 9, 5]
sigmoid(b) = b < -2 || b > 4 ? NaN : 1 / (1 + exp(-b))
set samples 400
row(i) = strcol("architecture") eq word(architectures, j) && strcol("scale") eq word(scales, i)
plain(i) = !zoom && strcol("architecture") eq "elman" && strcol("scale") eq word(scales, i) && column("forget") == 0
off(is, sds) = when(is, exp(column("slope") + sds * column("slope_sd")))
# Where the labels of the three scales end: above, with the plain cell, then LSTM and GRU near 1.
array across[9] = [-2.8, -2.8, -2.8, 4.25, 2.15, 0.5, 4.25, 2.3, 0.1]
array up[9] = [0.093, 0.83, 1.3, 0.915, 0.915, 1.033, 0.915, 0.948, 0.975]
set multiplot
eval fates(1)
do for [p = 1:4] {
    j = p % 2 ? 1 : 2
    zoom = p > 2
    left = j == 1 ? 0.09 : 0.565
    eval zoom ? panel(left, left + 0.42, 0.165, 0.49) : panel(left, left + 0.42, 0.61, 0.955)
    set title zoom ? tr("r, perto de 1", "r, near 1") : j == 1 ? tr("r, LSTM, porta f", "r, LSTM, gate f") : tr("r, GRU, porta z", "r, GRU, gate z") offset 0, -0.5
    set xrange [zoom ? -2.3 : -6.5:4.3]
    if (zoom) { unset logscale y; unset arrow 2; set xlabel tr("viés b da porta que guarda", "bias b of the keeping gate") offset 0, 0.3 }
    if (!zoom) { set logscale y; set arrow 2 from -2.7, graph 0 to -2.7, graph 1 nohead linecolor "#bbbbbb" linewidth 0.8 }
    if (!zoom) { set xtics (tr("simples", "plain") -4.6, "−2" -2, "0" 0, "2" 2, "4" 4) } else { set xtics -2, 2, 4 }
    if (zoom) { set yrange [0.9:1.06]; set ytics 0.05 } else { set yrange [0.07:1.5]; set ytics (number("0.1") 0.1, number("0.2") 0.2, number("0.5") 0.5, "1" 1) }
    if (j == 2) { if (zoom) { set format y "" } else { set ytics ("" 0.1, "" 0.2, "" 0.5, "" 1) } } else { set format y "%g" }
    do for [i = 1:3] { at = (zoom ? 3 * j : 0) + i; set label i "σ = ".number(word(scales, i)) at across[at], up[at] right textcolor rgb tint[i] }
    if (zoom) { unset label 4 } else { set label 4 tr("sigmoide(b)", "sigmoid(b)") at -0.7, 0.17 left textcolor rgb QUIET }
    if (p == 4) { eval foot(tr("linha fina: infinitas unidades; barra: ± 1 desvio-padrão", "thin line: infinitely many units; bar: ± 1 standard deviation")) }
    plot sigmoid(x) with lines linewidth 1.2 linecolor rgb QUIET dashtype (2, 3), \
         for [i = 1:3] wide using (column("forget")):(when(row(i), exp(column("theory_slope")))) with lines linestyle 9, \
         for [i = 1:3] data using (column("forget")):(off(row(i), 0)):(off(row(i), -1)):(off(row(i), 1)) with yerrorbars pointtype mark[i] pointsize 1.1 * size linewidth 1.6 linecolor rgb tint[i], \
         for [i = 1:3] data using (-5.9):(off(plain(i), 0)):(off(plain(i), -1)):(off(plain(i), 1)) with yerrorbars pointtype mark[i] pointsize 1.1 * size linewidth 1.6 linecolor rgb tint[i]
}
unset multiplot
