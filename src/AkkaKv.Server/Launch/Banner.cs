using System.Text;

namespace AkkaKv.Server.Launch;

/// <summary>What a person sees when the local cluster is up.</summary>
internal static class Banner
{
    public static string Ready(IReadOnlyList<ChildNode> nodes, string dataDirectory)
    {
        var first = nodes[0].Plan.Url.ToString().TrimEnd('/');
        var last = nodes[^1].Plan.Url.ToString().TrimEnd('/');
        var text = new StringBuilder();
        text.Append($"\nAkkaKv is ready: {nodes.Count} {(nodes.Count == 1 ? "node" : "nodes")}.\n\n");
        foreach (var node in nodes)
            text.Append($"  {node.Plan.Name}  {node.Plan.Url.ToString().TrimEnd('/')}  pid {node.Id}\n");
        text.Append($"\n  data  {dataDirectory}\n\nPut a value on one node and read it from another:\n\n");
        text.Append($"  curl -i -X PUT -H 'Content-Type: text/plain' --data 'hello' {first}/kv/demo/greeting\n");
        text.Append($"  curl -i {last}/kv/demo/greeting\n");
        text.Append($"\nOr with the command line, akkakv; from a checkout:\n\n");
        text.Append($"  dotnet run -c Release --project src/AkkaKv.Cli -- get greeting --bucket demo --endpoint {last}\n");
        text.Append($"  dotnet run -c Release --project src/AkkaKv.Cli -- status --endpoint {first}\n");
        text.Append("\nStop with Ctrl-C.\n");
        return text.ToString();
    }

    public static string Died(ChildNode node, int exitCode, string command, bool restarts)
    {
        var died = $"{node.Plan.Name} (pid {node.Id}) {SelfCommand.ExitText(exitCode)}.";
        return restarts ? $"{died} It is started again." : $"{died} Bring it back, from another terminal, with:\n\n  {command}\n";
    }
}
