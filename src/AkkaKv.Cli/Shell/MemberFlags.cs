using System.CommandLine;
using AkkaKv.Api;

namespace AkkaKv.Cli.Shell;

/// <summary>What a member that joins is to be.</summary>
internal sealed class MemberFlags
{
    // Not --endpoint: that is whom to ask, everywhere.
    private readonly Option<string?> _peer = new("--peer") { Description = "Where the other nodes reach it.", HelpName = "HOST:PORT" };
    private readonly Option<string> _http = new("--http") { Description = "Where clients reach it.", HelpName = "URL", DefaultValueFactory = _ => "" };
    private readonly Option<string> _zone = new("--zone") { Description = "Its failure zone.", HelpName = "NAME", DefaultValueFactory = _ => "" };
    private readonly Option<double> _weight = new("--weight") { Description = "Its share of the data relative to the others.", DefaultValueFactory = _ => 1 };

    public void AddTo(Command command)
    {
        command.Options.Add(_peer);
        command.Options.Add(_http);
        command.Options.Add(_zone);
        command.Options.Add(_weight);
    }

    public ClusterMember Read(ParseResult parse, string name, bool required)
    {
        if (required && parse.GetValue(_peer) is not { Length: > 0 })
            throw new UsageException($"--peer must say where the other nodes reach {name}: write --peer HOST:PORT; or start it with --join, and it says so itself");
        return new ClusterMember(name, parse.GetValue(_peer) ?? "", parse.GetRequiredValue(_http), parse.GetRequiredValue(_weight), parse.GetRequiredValue(_zone));
    }
}
