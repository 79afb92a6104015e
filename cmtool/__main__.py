from cmtool.cli.boundary import main
main()
