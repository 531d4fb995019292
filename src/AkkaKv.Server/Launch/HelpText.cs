namespace AkkaKv.Server.Launch;

/// <summary>What <c>--help</c> prints.</summary>
internal static class HelpText
{
    public const string Text = """
        AkkaKv: a replicated key-value store.

        AkkaKv.Server                    start a local cluster of three nodes
          --nodes K                      1 to 9 nodes
          --http-port P                  the first node's HTTP port (7001; the others follow)
          --peer-port P                  the first node's peer port (7101; the others follow)
          --data DIR                     where their directories go (data)
          --restart                      start a node again when it dies

        AkkaKv.Server --node NAME        start one node of a configured cluster
          --member name=…,endpoint=HOST:PORT,http=URL[,zone=…][,weight=…]
                                         a member of the cluster; repeat it for each
          --data DIR                     the node's own directory (data/NAME)

          --bootstrap                    found a new cluster of this node alone; others join it
          --join URL[,URL…]              join a running cluster; only this node's own --member is given
          --leave-on-stop                on SIGTERM leave the cluster for good, then end

        AkkaKv.Server config show        print every setting, its value and where it comes from

        Everywhere:
          --host akka                    run the actors in an Akka.NET actor system, where that was built in
          --config FILE                  the configuration file (appsettings.json, where there is one)
          --Section:Name=VALUE           any setting, as in --Cluster:W=3 --Store:Durability=interval
          --help, --version

        Settings come from defaults, the file, AKKAKV__SECTION__NAME variables and flags; later ones win.
        Exit codes: 0 ok, 1 failed, 2 bad configuration or usage, 3 port in use, 4 data directory unusable,
        5 refused: the data directory or the cluster says that this node does not belong there.

        """;
}
