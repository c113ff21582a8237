# The four activations and their derivatives.
load "style.gp"
data = csv."/activations.csv"
set multiplot layout 1, 2
set lmargin 7
set rmargin 2
set xlabel tr("pré-ativação a", "pre-activation a")
set xrange [-6:6]
set xtics 2
set arrow 1 from 0, graph 0 to 0, graph 1 nohead linecolor "#bbbbbb" linewidth 0.6 back

set title tr("ativação φ(a)", "activation φ(a)")
set yrange [-1.3:2.2]
set ytics 1
set label 1 label_of("sigmoid") at -5.8, 0.18 textcolor rgb SIGMOID
set label 2 "tanh" at -5.8, -0.82 textcolor rgb TANH
set label 3 "ReLU" at 1.9, 1.55 textcolor rgb RELU
set label 4 "linear" at -0.85, -1.12 left textcolor rgb LINEAR
plot for [i = 4:1:-1] data using (column("input")):(when(strcol("activation") eq word(activations, i), column("value"))) with lines linestyle i

set title tr("derivada φ'(a)", "derivative φ'(a)")
set yrange [-0.06:1.16]
set ytics 0.25
set label 1 label_of("sigmoid") at -5.8, 0.11
set label 2 "tanh" at -2.5, 0.62 left
set label 3 "ReLU" at 2.6, 0.93 left
set label 4 "linear" at -5.8, 1.06 left
set label 5 tr("máximo 1/4", "maximum 1/4") at 1.75, 0.2 left font ",11" textcolor rgb SIGMOID
plot for [i = 4:1:-1] data using (column("input")):(when(strcol("activation") eq word(activations, i), column("derivative"))) with lines linestyle i
unset multiplot
