# How far back each set-up learns: the longest T that half the seeds solve, and what one update costs at T = 50.
height = 440
load "style.gp"
data = csv."/learning.summary.csv"
kinds = "sigmoid relu tanh orthogonal linear gru lstm irnn"
names = "sigmoid ReLU tanh orthogonal linear GRU LSTM IRNN"
name_of(i) = i == 1 ? label_of("sigmoid") : i == 4 ? tr("ortogonal", "orthogonal") : word(names, i)
array tint[8] = [SIGMOID, RELU, TANH, "#56B4E9", LINEAR, "#882255", "#222222", "#E69F00"]
array horizon[8]
array cost[8]
do for [i = 1:8] {
    stats data using (when(strcol("kind") eq word(kinds, i) && column("solved") >= 0.5, column("length"))) nooutput
    horizon[i] = STATS_max
    stats data using (when(strcol("kind") eq word(kinds, i) && column("length") == 50, column("cost"))) nooutput
    cost[i] = STATS_max
}
set xrange [0:90]
set yrange [0.4:8.6]
set xtics (10, 20, 30, 50, 70)
set xlabel tr("horizonte, em passos (tentamos até 70)", "horizon, in steps (tried up to 70)") offset 0, 0.3
set ytics scale 0
do for [i = 1:8] { set ytics add (name_of(i) i) }
unset grid
set grid xtics
eval panel(0.18, 0.985, 0.245, 0.97)
eval foot(tr("no fim: milhões de multiplicações e somas por atualização, T = 50", "at the end: millions of multiply-adds an update, T = 50"))
plot for [i = 1:8] "+" using (horizon[i] / 2.0):(i):(horizon[i] / 2.0):(0.32) every ::0::0 with boxxyerror linecolor rgb tint[i] fillstyle solid 0.85 noborder, \
     for [i = 1:8] "+" using (horizon[i] + 1):(i):(number(sprintf("%.1f", cost[i]))) every ::0::0 with labels left textcolor rgb THEORY
