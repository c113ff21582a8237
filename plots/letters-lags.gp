# The gradient of the last letter on its way back, before, in and after a training, a panel a set-up.
height = 430
load "style.gp"
data = csv."/letters.summary.csv"
kinds = "tanh irnn lstm"
names = "tanh IRNN LSTM"
set datafile missing NaN # rows of other settings do not break a line
mine(i, k, u) = when(strcol("kind") eq word(kinds, i) && column("truncation") == k && column("update") == u, column("log10_norm"))
# before, after an eighth, after the whole; and after a training whose errors never went back over a letter
array update[4] = [0, 100, 800, 800]
array cut[4] = [32, 32, 32, 1]
array tint[4] = [QUIET, "#56B4E9", TANH, "#222222"]
array dash[4] = [3, 1, 1, 2]
set multiplot
set xrange [0:31]
set yrange [-4.2:0.1]
set xtics 10
set ytics 1
set xlabel tr("letras para trás", "letters back") offset 0, 0.3
do for [i = 1:3] {
    eval panel(0.085 + 0.307 * (i - 1), 0.355 + 0.307 * (i - 1), 0.3, 0.885)
    set title word(names, i) offset 0, -0.6
    if (i == 1) { set ylabel "log₁₀ ".dh offset 1.6 } else { set ylabel ""; set format y "" }
    plot for [j = 1:4] data using (column("lag")):(mine(i, cut[j], update[j])) with lines linecolor rgb tint[j] linewidth 2.6 dashtype dash[j]
}
eval foot(tr("média de 16 sementes, cada uma com 1000 janelas", "mean of 16 seeds"))
unset multiplot
