# Memory of the input above, growth of a push and of the gradient, and dy/dx, below, on one axis of lags: linear and
# tanh.
height = 760
load "style.gp"
data = csv."/forgetting.summary.csv"
inits = "gaussian orthogonal identity"
array tint[3] = ["#0072B2", "#D55E00", "#009E73"]
array mark[3] = [7, 5, 9]
name(i) = word(tr("gaussiano ortogonal identidade", "gaussian orthogonal identity"), i)
row(i) = strcol("activation") eq activation && strcol("init") eq word(inits, i)
quiet(i) = row(i) && strcol("noise") eq "0"
every(i, n) = quiet(i) && int(column("lag")) % 12 == n
set multiplot
set xrange [0:99]
set xtics 32 # H/2
do for [p = 1:4] {
    activation = p % 2 ? "linear" : "tanh"
    left = p % 2 ? 0.13 : 0.575
    eval p < 3 ? panel(left, left + 0.41, 0.56, 0.95) : panel(left, left + 0.41, 0.165, 0.45)
    set title activation.(p < 3 ? tr(": R² da entrada", ": R² of the input") : tr(": fator em k passos", ": factor over k steps")) offset 0, -0.5
    unset label
    if (p < 3) { set yrange [-0.05:1.08]; set ytics 0.5; set format y p == 1 ? "%g" : "" } else { set yrange [-13:0.6]; set ytics 4; set format y p == 3 ? power : ""; set xlabel tr("defasagem k (passos)", "lag k (steps)") offset 0, 0.3 }
    if (p == 2) { do for [i = 1:3] { set label i name(i) at 97, 1.02 - 0.12 * i right textcolor rgb tint[i] } }
    if (p == 2) { set label 4 tr("tracejada:\nruído de 1 %", "dashed:\n1 % noise") at 97, 0.45 right textcolor rgb QUIET }
    if (p == 3) { set label 1 tr("pontos: empurrão\nlinha: gradiente\ntracejada: |∂y/∂x|", "points: push\nline: gradient\ndashed: |∂y/∂x|") at 3, -8.2 textcolor rgb QUIET }
    if (p == 4) { eval foot(tr("fina: maior expoente de Lyapunov; faixa, barra: ± 1 desvio-padrão", "thin line: largest Lyapunov exponent; band, bar: ± 1 s.d.")) }
    if (p < 3) {
        plot for [i = 1:3] data using (when(quiet(i), column("lag"))):(column("r2") - column("r2_sd")):(column("r2") + column("r2_sd")) with filledcurves fillcolor rgb tint[i] fillstyle transparent solid 0.2 noborder, \
             for [i = 1:3] data using (when(quiet(i), column("lag"))):(column("r2")) with lines linewidth 2.5 linecolor rgb tint[i], \
             for [i = 1:3] data using (when(row(i) && !quiet(i), column("lag"))):(column("r2")) with lines linewidth 2 linecolor rgb tint[i] dashtype (5, 3), \
             for [i = 1:3] data using (when(every(i, 3 * i - 2), column("lag"))):(column("r2")) with points pointtype mark[i] pointsize 1.2 * size linecolor rgb tint[i]
    } else {
        plot for [i = 1:3] data using (when(quiet(i), column("lag"))):(column("log10_lyapunov")) with lines linestyle 9, \
             for [i = 1:3] data using (when(quiet(i), column("lag"))):(column("log10_backward")) with lines linewidth 2.5 linecolor rgb tint[i], \
             for [i = 1:3] data using (when(quiet(i), column("lag"))):(column("log10_dy_dx")) with lines linewidth 1.5 linecolor rgb tint[i] dashtype (5, 3), \
             for [i = 1:3] data using (when(every(i, 3 * i - 2), column("lag"))):(column("log10_forward")):(column("log10_forward_sd")) with yerrorbars pointtype mark[i] pointsize 1.2 * size linewidth 1.4 linecolor rgb tint[i]
    }
}
unset multiplot
