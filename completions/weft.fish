# Completion of weft's arguments for fish: weft completion fish | source
function __weft_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l current (commandline --cut-at-cursor --current-token)
    for line in ($words[1] __complete $words[2..] "$current" 2>/dev/null)
        switch $line
            case ':files *'
                __fish_complete_suffix "$current" (string replace ':files ' '' -- $line)
            case ':folders'
                __fish_complete_directories "$current"
            case '*'
                echo $line
        end
    end
end
complete --command weft --no-files --arguments '(__weft_complete)'
