print("jameysim")
