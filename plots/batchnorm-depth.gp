# How much the squared norm of the gradient grows per layer of a deep normalised net, against the size of the batch.
height = 520
load "style.gp"
data = csv."/batchnorm-depth.summary.csv"
set title tr("crescimento de ‖∂L/∂h‖² por camada normalizada, sem entrada", "growth of ‖∂L/∂h‖² per normalised layer, without input") offset 0, -0.5
set xlabel tr("tamanho do lote B", "batch size B") offset 0, 0.3
set logscale x 2
set xrange [3.6:110]
set yrange [0.8:3.2]
set xtics (4, 8, 16, 32, 64)
set ytics 0.5
eval panel(0.08, 0.97, 0.215, 0.935)
set samples 400
linear(B) = (B - 2) / (B - 3)
constant(B) = (B - 1) / (B - 3)
limit = pi / (pi - 1) # of ReLU, for large B
set label 1 tr("ReLU: π/(π − 1) vezes a linear", "ReLU: π/(π − 1) times the linear one") at 9, 1.88 left textcolor linestyle 13
set label 2 "linear: (B − 2)/(B − 3)" at 10, 0.88 left textcolor linestyle 14
set label 3 tr("o erro clássico: (B − 1)/(B − 3)", "the classic bug: (B − 1)/(B − 3)") at 10, 1.36 left textcolor rgb QUIET
eval foot(thin."; ".spread(tr("barra", "bar")))
growth(name) = when(strcol("activation") eq name, exp(2 * column("slope")))
plot limit * linear(x) with lines linestyle 9, linear(x) with lines linestyle 9, \
     constant(x) with lines linewidth 1.5 linecolor rgb QUIET dashtype (2, 3), \
     for [i = 3:4] data using (column("batch")):(growth(word(activations, i))):(exp(2 * (column("slope") - column("slope_sd")))):(exp(2 * (column("slope") + column("slope_sd")))) with yerrorbars linestyle i dashtype 1 linewidth 2 pointsize 1.6 * size
