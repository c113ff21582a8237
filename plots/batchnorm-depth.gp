# How much the squared norm of the gradient grows per layer of a deep normalised net, against the size of the batch.
load "style.gp"
data = csv."/batchnorm-depth.summary.csv"
set title tr("Rede profunda, sem entrada, normalizada: crescimento do gradiente por camada", "A deep normalised net without input: growth of the gradient per layer")
set xlabel tr("tamanho do lote B", "batch size B")
set ylabel tr("crescimento de ‖∂L/∂h‖² por camada", "growth of ‖∂L/∂h‖² per layer")
set logscale x 2
set xrange [3.6:90]
set yrange [0.9:3.2]
set xtics (4, 8, 16, 32, 64)
set ytics 0.5
set bmargin 4.5
set samples 400
linear(B) = (B - 2) / (B - 3)
constant(B) = (B - 1) / (B - 3)
limit = pi / (pi - 1)
set arrow 1 from 3.6, limit to 90, limit nohead linecolor rgb THEORY linewidth 0.8 dashtype (6, 3)
set arrow 2 from 3.6, 1 to 90, 1 nohead linecolor "#bbbbbb" linewidth 0.8
set label 1 "ReLU, B → ∞: π/(π − 1)" at 88, limit right offset 0, -0.7 font ",11" textcolor rgb THEORY
set label 2 "linear: (B − 2)/(B − 3)" at 3.75, 1.22 left font ",11" textcolor rgb THEORY
set label 3 tr("o erro clássico: (B − 1)/(B − 3)", "the classic bug: (B − 1)/(B − 3)") at 10.4, 1.36 left font ",11" textcolor rgb QUIET
set label 4 tr("ReLU: produto das duas leis", "ReLU: product of the two laws") at 8.9, 1.83 left font ",11" textcolor rgb THEORY
set label 9 tr("barra: ± 1 desvio padrão entre sementes", "bar: ± 1 standard deviation over seeds") at screen 0.985, 0.025 right font ",10" textcolor rgb QUIET
row(name) = strcol("activation") eq name
plot linear(x) with lines linestyle 9, \
     limit * linear(x) with lines linestyle 9 dashtype (2, 3), \
     constant(x) with lines linewidth 1.2 linecolor rgb "#bbbbbb", \
     for [i = 3:4] data using (column("batch")):(when(row(word(activations, i)), exp(2 * column("slope")))):(exp(2 * (column("slope") - column("slope_sd")))):(exp(2 * (column("slope") + column("slope_sd")))) with yerrorbars linestyle i dashtype 1 linewidth 1.4 pointsize 1.1 * size, \
     for [i = 3:4] data using (column("batch")):(when(row(word(activations, i)) && column("batch") == 64, exp(2 * column("slope")))):(label_of(word(activations, i))) with labels left offset 1, (i == 3 ? 0.6 : 0.6) textcolor linestyle i
