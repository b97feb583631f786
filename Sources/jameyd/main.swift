print("jameyd")
