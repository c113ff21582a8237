# The four activations and their derivatives.
height = 400
load "style.gp"
data = csv."/activations.csv"
row(i) = strcol("activation") eq word(activations, i)
set multiplot
set xlabel tr("pré-ativação a", "pre-activation a") offset 0, 0.3
set xrange [-6:6]
set xtics 2
set arrow 1 from 0, graph 0 to 0, graph 1 nohead linecolor "#bbbbbb" linewidth 0.6 back

eval panel(0.07, 0.465, 0.18, 0.9)
set title tr("ativação φ(a)", "activation φ(a)") offset 0, -0.5
set yrange [-1.3:2.2]
set ytics 1
set label 1 label_of("sigmoid") at -5.8, 0.2 textcolor rgb SIGMOID
set label 2 "tanh" at -5.8, -0.8 textcolor linestyle 12
set label 3 "ReLU" at 0.9, 1.65 right textcolor linestyle 13
set label 4 "linear" at -0.6, -1.12 left textcolor linestyle 14
plot for [i = 4:1:-1] data using (column("input")):(when(row(i), column("value"))) with lines linestyle i

eval panel(0.58, 0.99, 0.18, 0.9)
set title tr("derivada φ′(a)", "derivative φ′(a)") offset 0, -0.5
set yrange [-0.06:1.16]
set ytics 0.25
set label 1 label_of("sigmoid")."\n≤ ¼" at 1.9, 0.36 left
set label 2 "tanh" at -1.4, 0.62 right
set label 3 "ReLU" at 5.8, 0.93 right
set label 4 "linear" at -5.8, 1.07 left
plot for [i = 4:1:-1] data using (column("input")):(when(row(i), column("derivative"))) with lines linestyle i
unset multiplot
