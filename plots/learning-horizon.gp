# How far back each set-up learns: the longest T that half the seeds solve, and what one update costs there.
height = 430
load "style.gp"
data = csv."/learning.summary.csv"
kinds = "sigmoid relu tanh orthogonal linear gru lstm irnn"
names = "sigmoid ReLU tanh orthogonal linear GRU LSTM IRNN"
name_of(i) = i == 1 ? tr("sigmoide", "sigmoid") : i == 4 ? tr("tanh, W ortogonal", "tanh, W orthogonal") : word(names, i)
colour(i) = word("#0072B2 #009E73 #D55E00 #56B4E9 #CC79A7 #882255 #000000 #E69F00", i)
array horizon[8]
array cost[8]
do for [i = 1:8] {
    stats data using (when(strcol("kind") eq word(kinds, i) && column("solved") >= 0.5, column("length"))) nooutput
    horizon[i] = STATS_max
    stats data using (when(strcol("kind") eq word(kinds, i) && column("length") == 50, column("cost"))) nooutput
    cost[i] = STATS_max
}
set title tr("Até onde cada um aprende: o maior T que metade das sementes resolve", "How far each one learns: the longest T that half the seeds solve") font ",14" offset -6, 0
set xrange [0:100]
set yrange [0.4:8.6]
set xtics (10, 20, 30, 50, 80)
set xlabel tr("horizonte, em passos (os comprimentos tentados vão até 80)", "horizon, in steps (lengths tried go up to 80)")
set lmargin 20
set bmargin 5
unset grid
set ytics scale 0
do for [i = 1:8] { set ytics add (name_of(i) i) }
set label 9 tr("à direita: milhões de multiplicações e somas por atualização, T = 50", "on the right: millions of multiply-adds an update, T = 50") at screen 0.985, 0.025 right font ",10" textcolor rgb QUIET
plot for [i = 1:8] "+" using (horizon[i] / 2.0):(i):(horizon[i] / 2.0):(0.32) every ::0::0 with boxxyerror linecolor rgb colour(i) fillstyle solid 0.85 noborder, \
     for [i = 1:8] "+" using (horizon[i] + 1):(i):(number(sprintf("T = %g    %.1f", horizon[i], cost[i]))) every ::0::0 with labels left font ",11" textcolor rgb THEORY
