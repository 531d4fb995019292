using AkkaKv.Benchmarks;
using BenchmarkDotNet.Running;

if (args is ["ids-rate"])
{
    IdRate.Run();
    return;
}

// Short jobs unless asked otherwise: the whole takes minutes, and what changed shows. `-- --filter '*' --job medium` is for figures.
string[] filtered = args.Length > 0 ? args : ["--filter", "*"];
string[] chosen = filtered.Contains("--job") || filtered.Contains("--list") ? filtered : [.. filtered, "--job", "short"];
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(chosen);
