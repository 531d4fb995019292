using System.CommandLine;
using AkkaKv.Api;

namespace AkkaKv.Cli.Shell;

/// <summary>The bucket and the key.</summary>
internal sealed class KeyFlags
{
    private readonly Argument<string> _key = new("KEY") { Description = "The key: 1 to 1024 bytes of UTF-8." };

    private readonly Option<string> _bucket = BucketOption();

    public static Option<string> BucketOption() => new("--bucket", "-b")
    {
        Description = "The bucket: 1 to 64 of a-z A-Z 0-9 . _ -",
        HelpName = "NAME",
        DefaultValueFactory = _ => "default",
    };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_key);
        command.Options.Add(_bucket);
    }

    public EntryKey Read(ParseResult parse)
    {
        string name = parse.GetRequiredValue(_key);
        string bucket = parse.GetRequiredValue(_bucket);
        if (name.Length == 0)
            throw new UsageException("a key has 1 to 1024 bytes, this one is empty");
        if (bucket.Length == 0)
            throw new UsageException("a bucket's name has 1 to 64 characters, this one is empty");
        return EntryKey.FromText(bucket, name);
    }
}
