# Bits a byte on held-out Portuguese against how many letters back an error goes; with and without the clip.
height = 470
load "style.gp"
data = csv."/letters.summary.csv"
free = csv."/letters-free.summary.csv"
kinds = "tanh irnn lstm"
names = "tanh IRNN LSTM"
array tint[3] = [TANH, "#E69F00", "#222222"]
array dark[3] = ["#B04A00", "#8A5A00", "#222222"]
array mark[3] = [5, 9, 7]
array aside[3] = [0.97, 1.03, 1]
mine(i, x) = when(strcol("kind") eq word(kinds, i) && column("update") == 800 && column("lag") == 0, x)
set datafile missing NaN # rows of other lags and updates do not break a line
set title tr("bits por byte, em texto não visto", "bits a byte, on text not seen") offset 0, -0.5
set xlabel tr("letras para trás que um erro anda", "letters back that an error goes") offset 0, 0.3
set logscale x 2
set xrange [0.9:52]
set xtics (1, 2, 4, 8, 16, 32)
set ytics 0.1
eval panel(0.105, 0.985, 0.225, 0.905)
eval foot(tr("± 1 desvio-padrão, 16 sementes; quadrado vazio: sem recorte", "± 1 standard deviation, 16 seeds; open square: no clip"))
plot for [i = 1:3] data using (mine(i, column("truncation") * aside[i])):(column("bits")):(column("bits_sd")) with yerrorbars pointtype 0 linewidth 1.4 linecolor rgb tint[i], \
     for [i = 1:3] data using (mine(i, column("truncation") * aside[i])):(column("bits")) smooth unique with linespoints linewidth 2.4 linecolor rgb tint[i] pointtype mark[i] pointsize 1.1 * size, \
     for [i = 1:2] free using (mine(i, column("truncation") * aside[i])):(column("bits")) with points linecolor rgb tint[i] linewidth 1.6 pointtype 4 pointsize 1.9 * size, \
     for [i = 1:3] data using (column("truncation") == 32 ? mine(i, 35.5) : NaN):(column("bits")):(word(names, i)) with labels left textcolor rgb dark[i]
