print("jameyctl")
