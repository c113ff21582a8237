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
set style line 21 linecolor rgb QUIET linewidth 3 dashtype (2, 2)
set style line 22 linecolor rgb SIGMOID linewidth 3
set style line 23 linecolor rgb TANH linewidth 3
set style line 24 linecolor rgb THEORY linewidth 2 dashtype (8, 4)
set multiplot
set xrange [0:32.5]
set yrange [-10.2:0.4]
set xtics 10
set ytics 2
set label 1 "log₁₀ ".dh.tr(", L da última letra", ", L of the last letter") at screen 0.02, 0.955 left
eval foot(tr("atualizações: pontos 0, azul 100, laranja 800; tracejado 800, k = 1", "updates: dots 0, blue 100, orange 800; dashes 800, k = 1"))
do for [i = 1:3] {
    left = 0.1 + 0.302 * (i - 1)
    eval panel(left, left + 0.275, 0.252, 0.835)
    set title word(names, i) offset 0, -0.6
    set xlabel (i == 2 ? tr("letras para trás", "letters back") : "") offset 0, 0.3
    if (i == 2) { set format y ""; unset label 1; unset label 99 }
    plot for [j = 1:4] data using (column("lag")):(mine(i, cut[j], update[j])) with lines linestyle 20 + j
}
unset multiplot
