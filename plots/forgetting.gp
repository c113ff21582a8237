# Memory of the input above, growth of a perturbation and of the gradient, and dy/dx, below, on one axis of lags: linear and tanh.
height = 760
load "style.gp"
data = csv."/forgetting.summary.csv"
inits = "gaussian orthogonal identity"
columns = "linear tanh"
array tint[3] = ["#0072B2", "#D55E00", "#009E73"]
array mark[3] = [7, 5, 9]
name(i) = word(tr("gaussiana ortogonal identidade", "gaussian orthogonal identity"), i)
set multiplot layout 2, 2 title tr("O que resta de uma entrada, e o que resta do gradiente", "What is left of an input, and what is left of the gradient")
set xrange [0:99]
set xtics 20
set lmargin 10
set rmargin 3
row(i) = strcol("activation") eq activation && strcol("init") eq word(inits, i)
every(i, n) = row(i) && strcol("noise") eq "0" && int(column("lag")) % 8 == n
set yrange [-0.05:1.08]
set ytics 0.25
do for [panel = 1:2] {
    activation = word(columns, panel)
    set title (panel == 1 ? "linear" : "tanh").", σ = ".number("0.85").", H = 64" offset 0, -0.5
    set ylabel panel == 1 ? tr("R² da entrada de k passos atrás", "R² of the input of k steps ago") : ""
    set xlabel ""
    if (panel == 1) {
        set arrow 1 from 32, -0.05 to 32, 1.08 nohead back linecolor rgb "#888888" dashtype (2, 3)
        set label 1 "H/2" at 32.8, 1.05 font ",10" textcolor rgb QUIET
    } else {
        unset arrow 1
        unset label 1
        set label 2 tr("linha cheia: sem ruído de observação; tracejada: 1 %", "solid: no observation noise; dashed: 1 %") at 97, 0.95 right font ",10" textcolor rgb QUIET
        do for [i = 1:3] { set label (2 + i) name(i) at 97, 0.9 - 0.09 * i right textcolor rgb tint[i] }
    }
    plot for [i = 1:3] data using (when(row(i) && strcol("noise") eq "0", column("lag"))):(column("r2") - column("r2_sd")):(column("r2") + column("r2_sd")) with filledcurves fillcolor rgb tint[i] fillstyle transparent solid 0.2 noborder, \
         for [i = 1:3] data using (when(row(i) && strcol("noise") eq "0", column("lag"))):(column("r2")) with lines linewidth 2 linecolor rgb tint[i], \
         for [i = 1:3] data using (when(row(i) && strcol("noise") ne "0", column("lag"))):(column("r2")) with lines linewidth 1.6 linecolor rgb tint[i] dashtype (5, 3)
}
do for [i = 1:5] { unset label i }
set yrange [-13:0.6]
set ytics 2
set format y "10^{%g}"
set xlabel tr("defasagem k (passos)", "lag k (steps)")
set bmargin 4.2
do for [panel = 1:2] {
    activation = word(columns, panel)
    set title ""
    set ylabel panel == 1 ? tr("fator em k passos", "factor over k steps") : ""
    if (panel == 1) {
        set label 1 tr("pontos: perturbação, para a frente", "points: perturbation, forward") at 4, -7.4 font ",10" textcolor rgb QUIET
        set label 2 tr("linha: gradiente, para trás", "line: gradient, backward") at 4, -8.5 font ",10" textcolor rgb QUIET
        set label 3 tr("linha fina: maior expoente de Lyapunov", "thin line: largest Lyapunov exponent") at 4, -9.6 font ",10" textcolor rgb QUIET
        set label 4 tr("tracejada: |∂y/∂x|, da saída à entrada", "dashed: |∂y/∂x|, of the output to the input") at 4, -10.7 font ",10" textcolor rgb QUIET
    } else { unset label }
    plot for [i = 1:3] data using (when(row(i) && strcol("noise") eq "0", column("lag"))):(column("log10_lyapunov")) with lines linestyle 9, \
         for [i = 1:3] data using (when(row(i) && strcol("noise") eq "0", column("lag"))):(column("log10_backward")) with lines linewidth 2 linecolor rgb tint[i], \
         for [i = 1:3] data using (when(row(i) && strcol("noise") eq "0", column("lag"))):(column("log10_dy_dx")) with lines linewidth 1.3 linecolor rgb tint[i] dashtype (5, 3), \
         for [i = 1:3] data using (when(every(i, 2 * i - 2), column("lag"))):(column("log10_forward")):(column("log10_forward_sd")) with yerrorbars pointtype mark[i] pointsize 0.9 * size linecolor rgb tint[i]
}
unset multiplot
