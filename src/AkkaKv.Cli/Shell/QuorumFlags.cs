using System.CommandLine;
using AkkaKv.Api;

namespace AkkaKv.Cli.Shell;

/// <summary>How many replicas a request involves.</summary>
internal sealed class QuorumFlags
{
    private readonly Option<int?> _n = new("--n") { Description = "Replicas of the key. Default: the bucket's, else the cluster's.", HelpName = "N" };
    private readonly Option<int?> _r = new("--r") { Description = "Replies a read waits for.", HelpName = "R" };
    private readonly Option<int?> _w = new("--w") { Description = "Acknowledgements a write waits for.", HelpName = "W" };

    private readonly Option<string?> _quorum = new("--quorum")
    {
        Description = "strict: only the key's owners count. sloppy: a healthy node may stand in for one that is down.",
        HelpName = "strict|sloppy",
    };

    private readonly Option<TimeSpan?> _timeout = new("--timeout")
    {
        Description = "The request's deadline in the cluster, such as 500ms or 2s.",
        HelpName = "DURATION",
        CustomParser = DurationText.Parse,
    };

    public QuorumFlags()
    {
        _quorum.AcceptOnlyFromAmong("strict", "sloppy");
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_n);
        command.Options.Add(_r);
        command.Options.Add(_w);
        command.Options.Add(_quorum);
        command.Options.Add(_timeout);
    }

    public RequestOptions Read(ParseResult parse)
    {
        QuorumMode? mode = parse.GetValue(_quorum) switch
        {
            "strict" => QuorumMode.Strict,
            "sloppy" => QuorumMode.Sloppy,
            _ => null,
        };
        return new RequestOptions(parse.GetValue(_n), parse.GetValue(_r), parse.GetValue(_w), mode, parse.GetValue(_timeout));
    }
}
