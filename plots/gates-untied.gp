# What sharing W over time does to gated nets: the factor per step of tied and of untied ones, with the limit of either.
height = 430
load "style.gp"
tied = csv."/gates.summary.csv"
wide = csv."/gates-wide.summary.csv"
untied = csv."/gates-untied.summary.csv"
architectures = "lstm gru"
sigmoid(b) = b < -2 || b > 4 ? NaN : 1 / (1 + exp(-b))
set samples 400
row(j) = strcol("architecture") eq word(architectures, j) && strcol("scale") eq "1"
factor(j) = when(row(j), exp(column("slope")))
low(j) = when(row(j), exp(column("slope") - column("slope_sd")))
high = 'exp(column("slope") + column("slope_sd"))'
set multiplot layout 1, 2 title tr("O mesmo W em todos os passos, ou um novo a cada passo, σ = 1", "The same W at every step, or a new one each step, σ = 1")
set lmargin 9
set rmargin 2
set bmargin 5
set xrange [-2.3:4.3]
set yrange [0.1:1.1]
set ylabel "r"
set xlabel tr("viés b da porta que guarda", "bias b of the gate that keeps")
do for [j = 1:2] {
    set title j == 1 ? "LSTM" : "GRU" offset 0, -0.5
    set arrow 1 from -2.3, 1 to 4.3, 1 nohead linecolor "#222222" linewidth 0.8 dashtype (6, 3)
    set label 1 tr("o mesmo W", "the same W") at 0.05, 0.87 right textcolor rgb TANH
    set label 2 tr("um novo a cada passo", "a new one each step") at 0.1, 0.42 left textcolor rgb SIGMOID
    set label 3 tr("sigmoide(b)", "sigmoid(b)") at -0.9, 0.2 left textcolor rgb QUIET
    if (j == 2) { set label 9 tr("linha fina: infinitas unidades; barra: ± 1 desvio padrão entre sementes", "thin line: infinitely many units; bar: ± 1 standard deviation over seeds") at screen 0.985, 0.022 right font ",10" textcolor rgb QUIET }
    plot sigmoid(x) with lines linewidth 1 linecolor rgb QUIET dashtype (2, 3), \
         wide using (column("forget")):(when(row(j), exp(column("theory_slope")))) with lines linestyle 9, \
         untied using (column("forget")):(when(row(j), exp(column("theory_slope")))) with lines linestyle 9, \
         tied using (column("forget")):(factor(j)):(low(j)):(@high) with yerrorbars pointtype 5 pointsize 0.8 * size linewidth 1.2 linecolor rgb TANH, \
         untied using (column("forget")):(factor(j)):(low(j)):(@high) with yerrorbars pointtype 7 pointsize 0.8 * size linewidth 1.2 linecolor rgb SIGMOID
}
unset multiplot
